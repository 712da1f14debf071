-- Lists of allocations, latest first day first, in order for each of the two that may see them: a municipality has
-- tens of thousands, of which a page shows fifty.

create index allocation_list_of_municipality on allocation (municipality, starts_on desc, law desc, number desc);
create index allocation_list_of_provider
    on allocation (provider, starts_on desc, municipality desc, law desc, number desc);
