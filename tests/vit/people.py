"""Drawn people in several views, as a data set."""

from avatarartist_core.datasets.encoding import encode
from avatarartist_core.datasets.record import record_of
from avatarartist_core.datasets.shards import ShardWriter, pack
from avatarartist_core.datasets.synthetic.config import SyntheticConfig
from avatarartist_core.datasets.synthetic.source import Synthetic

PEOPLE, VIEWS = 3, 3


def write_people(folder, *, views=VIEWS):
    """Write ``PEOPLE`` synthetic persons; returns the folder."""
    folder.mkdir()
    source = Synthetic(SyntheticConfig(side=96, views=views))
    count = PEOPLE * views
    with ShardWriter(folder, "000000") as writer:
        for number in range(count):
            record = record_of(
                source.sample(number, seed=2), number, domain="realistic", source="synthetic"
            )
            writer.add(number, record.key, record.domain, pack(record.key, encode(record)))
        writer.finish(0, count)
    return folder
