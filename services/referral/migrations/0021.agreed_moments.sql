-- When a result is declared (iStandaarden OP264), and what the days of reported starts and ends are (OP270), as an agreement
-- says for a product; empty where that was not recorded.
alter table agreed_product add column declared_when text, add column start_means text, add column stop_means text;

-- The projection of the market tells more: it reads the agreements again.
delete from consumer_position where group_name = 'referral-market';
