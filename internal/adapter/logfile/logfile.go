// Package logfile writes the agent's log: one text line per record, in a file for the user alone that
// is rotated at 1 MB with three older ones kept. A last net cleans every record of what looks like a
// credential. The agent opens one Log when it starts and closes it when it ends; Open on a file that
// is there goes on at its end, Close may be called twice.
package logfile

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"gopkg.in/natefinch/lumberjack.v2"
)

// How much is kept: the file and its older ones, in megabytes each.
const (
	megabytes = 1
	older     = 3
)

// ErrLevel is returned for a level that is none of debug, info, warn and error.
var ErrLevel = errors.New("no such log level")

// Log is an open log file.
type Log struct {
	file  *lumberjack.Logger
	level slog.LevelVar
}

// Open opens or makes the log at path, mode 0600 in a folder of mode 0700, at a level of settings.toml.
func Open(path, level string) (*Log, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	if err := tighten(path); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	l := &Log{file: &lumberjack.Logger{Filename: path, MaxSize: megabytes, MaxBackups: older}}
	if err := l.SetLevel(level); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	return l, nil
}

// tighten makes the file if there is none, so that it is never wider than 0600, and refuses what is
// no plain file: rotation would rename it.
func tighten(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		return file.Close()
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no plain file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return os.Chmod(path, 0o600)
	}
	return nil
}

// Handler writes records to the file.
func (l *Log) Handler() slog.Handler {
	return slog.NewTextHandler(l.file, &slog.HandlerOptions{Level: &l.level, ReplaceAttr: redactAttr})
}

// SetLevel changes from which level on records are written; on ErrLevel the old one stands.
func (l *Log) SetLevel(level string) error {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	v, ok := levels[level]
	if !ok {
		return fmt.Errorf("%w: %q", ErrLevel, level)
	}
	l.level.Set(v)
	return nil
}

// Close closes the file.
func (l *Log) Close() error { return l.file.Close() }
