"""Monitoring: turns what happened into figures that people can trust.

Owns: the catalogue of indicators, reporting rounds, outcome reports, released figures.
Takes: allocations, starts, stops and imports (referral); regions, agreements and scenarios (commissioning); frames
(council); its own outcomes and rounds.
Emits: ``rounds.opened|reminded|reported|closed``, ``outcomes.reported``, ``figures.published``.

Figures are aggregated step by step, per event, never by scanning. Live figures are for who may see the cases
themselves; everybody else sees what was released: frozen per period, after disclosure control.
"""
