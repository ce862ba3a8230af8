// Command whystopped explains why Amazon ECS tasks stopped, and keeps and reads the history of stops.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
