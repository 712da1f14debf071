"""Every promise that takes longer than a request, as a Temporal workflow.

Services compute due instants and decide; workflows only wait, and then call a command of a service. The conductor turns
events into starts and signals; a workflow never reads a database.
"""
