-- Attendance by day: the numbers of the days on which somebody was there, as JSON. `days` stays their count.

alter table participation add column days_there text not null default '';
