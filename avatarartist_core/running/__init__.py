"""What the pipeline is made of: stages, components kept between runs, records, events."""
