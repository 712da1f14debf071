#!/bin/bash
# Databases of the engines that keep their state in PostgreSQL, made when the server is new (docker-compose.yml).
set -euo pipefail
psql --set ON_ERROR_STOP=1 --username postgres \
    --set keycloak="$KEYCLOAK_DATABASE_PASSWORD" --set temporal="$TEMPORAL_DATABASE_PASSWORD" <<'SQL'
create role keycloak login password :'keycloak';
create role temporal login password :'temporal';
create database keycloak owner keycloak;
create database temporal owner temporal;
create database temporal_visibility owner temporal;
SQL
