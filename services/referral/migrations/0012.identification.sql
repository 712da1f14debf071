-- A message that is refused at level 2 counts as not sent, so it claims its identification no more than one that was
-- refused before it was read: whoever mends it may send it under the same one, and a second mistake is answered too.
drop index message_once;
create unique index message_once on message (sender, kind, identification)
    where direction = 'received' and identification is not null
      and coalesce(level, '') not in ('technical', '1', '2') and not return_codes @> array['9056'];
