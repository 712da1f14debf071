"""Commissioning: regions and providers, scenarios, commissions by admission, agreements, capacity, spending room.

Owns: the story and outcomes of a scenario; a commission from draft to the end of its standstill; sealed applications
and their assessment; agreements with their tariffs; what providers state about capacity; warnings about spending room.
Takes: ``frames.adopted`` of the council, which a scenario cites; the allocations, starts and stops of referral, which
use up the spending room of an agreement.
Emits: the events of ``contracts.events.commissioning``.
"""
