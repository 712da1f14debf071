"""Referral: from a request for help to the end of care, and who it is about.

Owns: the journeys (request, allocation, answer, start, stop), the client vault with everything personal, the iWmo/iJw
messages in and out, declarations with what became of each line, imports of trajectories, and the promises of a journey
with their instants; what personal budgets a client has.
Takes: commands of access workers, planners and the workflow of a journey; every message of iWmo and iJw; of
commissioning ``providers.registered``, ``agreements.concluded``, ``agreements.amended`` and ``capacities.stated``.
Emits: ``referrals.*``, ``allocations.*``, ``deliveries.*``, ``trajectories.imported``, ``messages.*``,
``declarations.answered``, ``amounts.*`` (``contracts/events/referral.py``). A client is a pseudonym there; nothing
personal ever leaves the vault but to authorised staff, one look at a time, each recorded.
"""
