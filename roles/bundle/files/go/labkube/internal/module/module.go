// Package module knows which modules a program was built from.
package module

import "runtime/debug"

// Version is the version of the module at path that this program contains. What
// is ours here has no version of its own: it is as new as what it starts.
func Version(path string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == path {
				return module.Version
			}
		}
	}
	return "unknown"
}
