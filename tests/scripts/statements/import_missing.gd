# status: 66
import "parts/nowhere.gd"   # expect error: nowhere.gd
