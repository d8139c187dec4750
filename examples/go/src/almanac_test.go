package main

import "testing"

func TestDayOfYear(t *testing.T) {
	for date, want := range map[string]int{"2023-12-31": 365, "2024-12-31": 366, "2024-03-01": 61} {
		if got, err := dayOfYear(date); err != nil || got != want {
			t.Errorf("dayOfYear(%q) = %d, %v; want %d", date, got, err, want)
		}
	}
	if _, err := dayOfYear("2023-02-29"); err == nil {
		t.Error("2023-02-29 is no date")
	}
}
