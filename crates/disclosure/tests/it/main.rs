mod cubes;

use cubes::{Spec, generate};
use disclosure::{ProtectionPlan, check, protect};

#[test]
fn a_generated_cube_is_protected_and_proved() {
    let cube = generate(&Spec::new(1, 1500, &[3, 4, 2], &[3, 3, 4]));
    let plan = ProtectionPlan::parse("[protection]\nthreshold = 3\np_percent = 10.0").expect("a good plan");
    let (protected, proof) = protect(cube.clone(), &plan, None, &()).expect("protected");
    let report = check(&cube, &protected, &proof, &plan).expect("checked");
    assert_eq!(report.failures, Vec::<String>::new());
    assert!(report.primary > 0 && report.complementary > 0);
}
