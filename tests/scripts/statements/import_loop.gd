# status: 65
import "parts/loop_a.gd"
# expect stderr: loop_a.gd
