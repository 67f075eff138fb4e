"""The world of `benchmarks.crash`: papers that go on printing, a mailbox, an endpoint, and a killer.

Position: under `benchmarks.crash`. All that it knows of the daemon it sees from outside: what is asked of
the papers, what arrives at the sinks, lines of the log, the size of the write-ahead log.
"""
