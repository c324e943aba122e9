"""From what one picture shows of a head to whole planes."""
