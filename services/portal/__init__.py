"""The portal: the pages that people see.

Owns: nothing but the session of a signed-in person (an encrypted cookie); it has no database and no topic.
Takes: the APIs of the services, through their typed clients, with the access token of the person who asks.
Emits: HTML, and figures as CSV, XLSX and PNG.
"""
