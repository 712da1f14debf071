"""A small OpenID provider for one machine: real protocol and signatures, demo persons instead of passwords.

It exists so that every process meets on a laptop the same OpenID Connect as in production, where another provider
takes its place. It signs anybody in as any demo person: it listens on 127.0.0.1 only and is never deployed.
"""
