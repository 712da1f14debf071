"""``samenspel messages exchange``: a fresh municipality and its providers process a directory of messages.

``directory`` knows the files that come in and go out, ``municipality`` is the service in process on an engine of its
own, ``agreements`` tells it what was agreed, ``processing`` takes the messages one by one.
"""
