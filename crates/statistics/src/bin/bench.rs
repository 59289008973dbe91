use std::time::Instant;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let plan = domain::plan::Plan::parse(&std::fs::read_to_string(&a[2]).unwrap()).unwrap().cube.unwrap();
    let catalogue = domain::catalogue::Catalogue::parse(std::iter::empty::<(&str, &str)>()).unwrap();
    let threads = a.get(4).map_or(2, |t| t.parse().unwrap());
    let t = Instant::now();
    let c = statistics::compute(
        &statistics::Input::files([&a[1]]),
        &plan,
        &catalogue,
        Default::default(),
        threads,
        &(),
    )
    .unwrap();
    let t1 = t.elapsed();
    statistics::cube_file::write(&c.cube, a[3].as_ref(), threads).unwrap();
    let t2 = t.elapsed();
    println!(
        "cells {} measures {} compute {:.2} total {:.2} {:?}",
        c.cube.len(),
        c.cube.measures.len(),
        t1.as_secs_f64(),
        t2.as_secs_f64(),
        c.coverage
    );
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    println!("{}", status.lines().find(|l| l.starts_with("VmHWM")).unwrap());
    std::process::exit(0);
}
