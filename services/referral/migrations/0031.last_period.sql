-- The last month that a provider declared to a municipality, by which its next declaration is judged (TR318): found at
-- once, however many came before.

create index declaration_last_period on declaration (provider, municipality, law, period) where assessed;
