# `..` stands for leading axes only: elsewhere it is told where it is written.
fn f(x: [N, ..]) = x   # expect error: `..` stands for any leading axes: it comes first in a shape
