// Package editor is a visual editor for workflows that any application can mount.
package editor
