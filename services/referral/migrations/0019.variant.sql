-- What a product of an agreement is paid for: effort, output or a task (iStandaarden OP261, UP028); empty where that was not
-- recorded. Pieces of effort and pieces of output are different units of a message (OP305).
alter table agreed_product add column variant text;
alter table agreed_tariff add column variant text;

-- The projection of the market tells more: it reads the agreements again.
delete from consumer_position where group_name = 'referral-market';
