//! The actions on results, trainers and money. Where they take place is that of the engagement, provider or
//! programme.

use super::placed_action;

placed_action!(
    /// Record or correct what was measured of an enterprise.
    RecordObservation { engagement }, "observation.record",
    [Administrator, ProgrammeOfficer, ProviderManager, Trainer, EnterpriseMember],
    functions [Owner, Manager]
);
placed_action!(
    /// Confirm or reject a value that is held.
    ReviewObservation { observation }, "observation.review", [Administrator, ProgrammeOfficer]
);
placed_action!(
    /// Read what was measured of single enterprises.
    ReadObservations { what }, "observation.read",
    [Administrator, ProgrammeOfficer, ProviderManager, Trainer, EnterpriseMember, ProductivityOfficer, Statistician]
);
placed_action!(
    /// Read results of the programme: protected figures, targets, assertions.
    ReadResults { programme }, "results.read",
    [Administrator, ProgrammeOfficer, ProviderManager, Trainer, ProductivityOfficer, Statistician, Funder]
);
placed_action!(
    /// Attest a figure that no record counts.
    AttestTarget { target }, "target.attest", [Administrator, ProgrammeOfficer]
);
placed_action!(
    /// Lock what is reported for a period.
    LockReport { report }, "report.lock", [Administrator, ProgrammeOfficer]
);
placed_action!(
    /// Record how far a trainer has come: selected, trained, observed.
    GuideTrainer { person }, "trainer.guide", [Administrator, ProgrammeOfficer, ProviderManager]
);
placed_action!(
    /// Certify a trainer, make one an expert, or take it back.
    CertifyTrainer { person }, "trainer.certify", [Administrator, ProgrammeOfficer]
);
placed_action!(
    /// Read the registry of trainers.
    ReadTrainers { what }, "trainer.read",
    [Administrator, ProgrammeOfficer, ProviderManager, ProductivityOfficer, Trainer]
);
placed_action!(
    /// Book a cost or a contribution.
    BookMoney { entry }, "money.book", [Administrator, ProgrammeOfficer, ProviderManager]
);
placed_action!(
    /// Read costs, contributions and cost recovery.
    ReadMoney { what }, "money.read", [Administrator, ProgrammeOfficer, ProviderManager, Funder]
);
