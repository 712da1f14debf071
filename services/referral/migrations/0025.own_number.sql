-- A provider looks for a client by its own number, which several clients of its may have by mistake.
create index provider_client_number on provider_client (provider, own_number);
