"""The engines Samenspel runs on, embedded: PostgreSQL, a Kafka broker and Temporal.

Each is a :class:`deploy.local.program.Program`: prepare, launch, healthy; the supervisor starts, watches and
stops it. Nothing outside ``deploy/local`` knows that they are embedded.
"""
