-- name: measures
-- What was counted in some municipalities, or of one provider: each month of the range, and each stock before it.
select municipality, provider, month, measure, value from measure_month
where (:municipalities::text[] is null or municipality = any(:municipalities::text[]))
  and (:provider::text is null or provider = :provider)
  and month between :first and :last
union all
select municipality, provider, cast(:first as date) - interval '1 month', measure, sum(value)::bigint from measure_month
where (:municipalities::text[] is null or municipality = any(:municipalities::text[]))
  and (:provider::text is null or provider = :provider)
  and month < :first and measure = any(:stocks::text[])
group by municipality, provider, measure having sum(value) <> 0;

-- name: waiting
-- The waiting days of the starts in the range.
select municipality, provider, month, days, starts from waiting_month
where (:municipalities::text[] is null or municipality = any(:municipalities::text[]))
  and (:provider::text is null or provider = :provider)
  and month between :first and :last;

-- name: evidence
-- How many events stand behind each month of the range.
select municipality, provider, month, stream, events, last_event_at from evidence_month
where (:municipalities::text[] is null or municipality = any(:municipalities::text[]))
  and (:provider::text is null or provider = :provider)
  and month between :first and :last;

-- name: round_reports
-- Who was expected in the closed rounds of the range, and who reported.
select member.month, member.provider, bool_or(member.reported_at is not null) as reported
from round_provider as member
where member.month between :first and :last
  and (:municipalities::text[] is null or member.municipalities && :municipalities::text[])
  and (:provider::text is null or member.provider = :provider)
group by member.month, member.provider;

-- name: insert_releases!
-- Releases of a month: never changed afterwards.
insert into release (release_id, region_id, area, month, correction, published_at)
select * from unnest(:release_ids::uuid[], :region_ids::text[], :areas::text[], :months::date[], :corrections::integer[],
                     :published_ats::timestamptz[]);

-- name: insert_release_figures!
-- Their figures, as published.
insert into release_figure (release_id, region_id, area, month, correction, indicator, figure)
select * from unnest(:release_ids::uuid[], :region_ids::text[], :areas::text[], :months::date[], :corrections::integer[],
                     :indicators::integer[], :figures::jsonb[]);

-- name: insert_peer_spreads!
-- How providers do among each other, as of a release.
insert into peer_spread (region_id, month, correction, indicator, peers, lower_quartile, median, upper_quartile)
select * from unnest(:region_ids::text[], :months::date[], :corrections::integer[], :indicators::integer[],
                     :peer_counts::integer[], :lower_quartiles::double precision[], :medians::double precision[],
                     :upper_quartiles::double precision[]);

-- name: latest_release^
-- The latest release of an area for a month.
select release_id, region_id, correction, published_at from release
where area = :area and month = :month order by correction desc limit 1;

-- name: releases_of_month
-- The latest releases of a region for a month.
select distinct on (area) release_id, region_id, area, month, correction, published_at from release
where region_id = :region_id and month = :month order by area, correction desc;

-- name: releases
-- Releases, newest first, a page at a time.
select release.release_id, release.region_id, release.area, release.month, release.correction, release.published_at
from release
where (:area::text is null or release.area = :area)
  and (:published_at::timestamptz is null
       or (release.published_at, release.release_id) < (:published_at::timestamptz, :release_id::uuid))
order by release.published_at desc, release.release_id desc limit :fetch;

-- name: release^
-- One release.
select release_id, region_id, area, month, correction, published_at from release where release_id = :release_id;

-- name: figures_of_release
-- Its figures.
select figure.release_id, figure.area, figure.month, figure.correction, figure.figure, release.published_at
from release_figure as figure join release using (release_id)
where figure.release_id = :release_id order by figure.indicator;

-- name: published_figures
-- The figures that hold: per area, indicator and month the latest correction, newest month first, a page at a time.
select figure.area, figure.month, figure.correction, figure.indicator, figure.figure, figure.release_id,
       release.published_at
from (select distinct on (area, indicator, month) area, indicator, month, correction, figure, release_id
      from release_figure
      where (:area::text is null or area = :area)
        and (:region_id::text is null or region_id = :region_id)
        and (:indicator::integer is null or indicator = :indicator)
        and (:first::date is null or month >= :first)
        and (:last::date is null or month <= :last)
        and (:month::date is null or month <= :month)
      order by area, indicator, month, correction desc) as figure
join release using (release_id)
where :month::date is null or figure.month < :month
   or (figure.month = :month and (figure.indicator, figure.area) > (:seen_indicator::integer, :seen_area::text))
order by figure.month desc, figure.indicator, figure.area
limit :fetch;

-- name: figures_of_releases
-- The figures of some releases, for the feeds.
select release_id, figure from release_figure where release_id = any(:release_ids::uuid[]) order by release_id, indicator;

-- name: peer_spreads
-- The spreads of a region for a month, as of its latest release.
select distinct on (indicator) indicator, peers, lower_quartile, median, upper_quartile, correction from peer_spread
where region_id = :region_id and month = :month order by indicator, correction desc;

-- name: latest_spread_month$
-- The latest month with a spread in a region.
select max(month) from peer_spread where region_id = :region_id;

-- name: regions_of_provider
-- The regions in which a provider has an agreement.
select distinct member.region_id from agreement join region_municipality as member
    on member.municipality = any(agreement.municipalities)
where agreement.provider = :provider order by member.region_id;
