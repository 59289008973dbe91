//! What the money adds up to for everybody with the same reach, summed once and kept.

use std::collections::BTreeMap;

use domain::actor::{Reach, ReadMoney};
use domain::money::{Grouping, Recovery, recoveries, recovery};
use serde::{Deserialize, Serialize};
use store::money;
use store::results::Kept;

use crate::error::WebError;
use crate::kept::kept;
use crate::results::room::{Ground, Room};

/// Cost recovery of all entries, and of each group.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sums {
    pub(crate) whole: Recovery,
    pub(crate) groups: BTreeMap<String, Recovery>,
}

/// The sums as they were made last; made anew once money was booked.
pub(crate) async fn sums(
    room: &Room<'_>,
    reach: &Reach<ReadMoney>,
    by: Grouping,
) -> Result<Kept<Sums>, WebError> {
    let (app, programme, reach) = (room.app.clone(), room.programme.id.clone(), reach.clone());
    let name = format!("money/{}/{:?}", by.code(), reach.scopes());
    let work = async move {
        let entries = money::standing(&app.desk.store, &reach, &programme).await?;
        let costs = &Ground::of(&app, &programme)?.measurement.costs;
        Ok(Sums { whole: recovery(&entries, costs), groups: recoveries(&entries, costs, by) })
    };
    kept(room.app, &room.programme.id, &name, work).await
}
