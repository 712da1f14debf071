"""Council: the frame it sets, the moments at which it is on, its views and questions, letters, and published figures.

Owns: frames with goals tied to indicators; the calendar of moments with their terms; views, written questions with
their answers, and information letters.
Takes: ``figures.published`` of monitoring: the figures with their quality label, as released, and nothing live.
Emits: the events of ``contracts.events.council``.
Everything that is published may be read without signing in; a council sees no person.
"""
