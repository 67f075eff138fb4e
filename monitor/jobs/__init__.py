"""Who runs the pipeline, and when.

Position: above `pipeline`, under `app`. `schedule` is pure and says when; `clock` is the time;
`workers` runs computation off the event loop, in processes that are `worker`; `local` is the
daemon of one machine.

Nothing is exported here: a worker process imports this package, and is to carry no scheduler.
"""
