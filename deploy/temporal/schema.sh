#!/bin/sh
# Temporal's own tables in PostgreSQL; running it again brings them up to date.
set -eu
for name in temporal visibility; do
    database=temporal
    [ "$name" = temporal ] || database=temporal_visibility
    tool="temporal-sql-tool --plugin postgres12 --ep postgres -p 5432 -u temporal --db $database"
    $tool setup-schema -v 0.0 || true # it was there already
    $tool update-schema -d "/etc/temporal/schema/postgresql/v12/$name/versioned"
done
