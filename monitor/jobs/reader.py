"""What a worker process imports, and nothing else: the two rooms that read hostile bytes.

Position: preloaded by the fork server of `workers`, so that each worker is born with it.
"""

from monitor.discover import find_links, find_seeds
from monitor.extract import read_article

__all__ = ["find_links", "find_seeds", "read_article"]
