-- Who asks, as row-level security sees it. Inlined by the planner, so an index on the column is used.

create function my_party() returns text
    language sql stable parallel safe
    return current_setting('samenspel.party', true);

-- The CBS code of the asking municipality; null for any other party.
create function my_municipality() returns text
    language sql stable parallel safe
    return case when current_setting('samenspel.party', true) like 'municipality:%'
                then substr(current_setting('samenspel.party', true), 14) end;

-- The AGB code of the asking provider; null for any other party.
create function my_provider() returns text
    language sql stable parallel safe
    return case when current_setting('samenspel.party', true) like 'provider:%'
                then substr(current_setting('samenspel.party', true), 10) end;
