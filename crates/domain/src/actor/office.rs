//! The actions of the office: files, snapshots, releases, accounts and the log.

use super::{Action, Role, action};

action!(
    /// See the office: uploads, findings, jobs, snapshots. Findings quote microdata.
    ReadOffice { what }, "office.read", [Statistician, Administrator]
);
action!(
    /// Hand in a file of a survey.
    ImportSurvey { survey }, "import.receive", [Statistician, Administrator]
);
action!(
    /// Let the rows of a checked file into the archive.
    AcceptImport { import }, "import.accept", [Statistician, Administrator]
);
action!(
    /// Say how the columns of a checked file are to be read, and have it checked again.
    RepairImport { import }, "import.repair", [Statistician, Administrator]
);
action!(
    /// Put a checked file aside: none of its rows is counted.
    DiscardImport { import }, "import.discard", [Statistician, Administrator]
);
action!(
    /// Say of held rows of an accepted file whether they count.
    DecideRows { import }, "import.decide-rows", [Statistician, Administrator]
);
action!(
    /// Freeze a dated view of a survey.
    CreateSnapshot { survey }, "snapshot.order", [Statistician, Administrator]
);
action!(
    /// Compute, protect and publish by a plan.
    MakeRelease { plan }, "release.order", [Statistician, Administrator]
);
action!(
    /// Ask a running or waiting job to end.
    CancelJob { job }, "job.cancel", [Statistician, Administrator]
);
action!(
    /// Add, disable or reset an account, or change what it may do.
    ManageAccounts { account }, "account.manage", [Administrator]
);
action!(
    /// Read who did what.
    ReadAudit { what }, "audit.read", [Administrator]
);
action!(
    /// Send reminders by e-mail, and see which were sent.
    SendReminders { what }, "reminder.send", [Administrator]
);
action!(
    /// Change a setting of the installation.
    ChangeSetting { key }, "setting.change", [Administrator]
);

/// Change the own password, begin and end the own sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAccount {
    pub account: String,
}

impl Action for OwnAccount {
    const NAME: &'static str = "account.own";
    const ROLES: &'static [Role] = &Role::ALL;

    fn subject(&self) -> String {
        self.account.clone()
    }

    fn own_business_of(&self) -> Option<&str> {
        Some(&self.account)
    }
}
