-- How many enterprises somebody may see is counted along an index, without reading the enterprises.
create index enterprise_counted on enterprise (region, organisation_id, id, canonical_id) where canonical_id = id;
