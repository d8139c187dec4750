// Command almanac says what it was built for and what day of the year a date is.
package main

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

// version is set by the linker.
var version = "unknown"

// dayOfYear takes a date as 2006-01-02.
func dayOfYear(date string) (int, error) {
	day, err := time.Parse("2006-01-02", date)
	if err != nil {
		return 0, fmt.Errorf("expected a date such as 2024-12-31, found %q", date)
	}
	return day.YearDay(), nil
}

func main() {
	if len(os.Args) != 2 {
		fmt.Printf("almanac %s for %s/%s\n", version, runtime.GOOS, runtime.GOARCH)
		return
	}
	day, err := dayOfYear(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "almanac:", err)
		os.Exit(1)
	}
	fmt.Println(day)
}
