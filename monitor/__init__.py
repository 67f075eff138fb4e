"""A news monitor: it reads news sites so that people don't have to. Start reading at `pipeline.py`."""
