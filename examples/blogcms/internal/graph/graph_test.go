package graph_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/graph"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// parse reads a graph from lines like "a -> b: label".
func parse(text string) (nodes []graph.Node, edges []graph.Edge) {
	seen := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		ends, label, _ := strings.Cut(strings.TrimSpace(line), ": ")
		from, to, arrow := strings.Cut(ends, " -> ")
		for _, id := range []string{from, to} {
			if id != "" && !seen[id] {
				seen[id] = true
				nodes = append(nodes, graph.Node{ID: id, Title: "Title of " + id, Detail: "kind_" + id})
			}
		}
		if arrow {
			edges = append(edges, graph.Edge{From: from, To: to, Label: label})
		}
	}
	return nodes, edges
}

func TestSVG(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"one":     "a",
		"chain":   "a -> b\nb -> c",
		"diamond": "a -> b\na -> c\nb -> d\nc -> d",
		// The edge from a to d passes through two layers.
		"uneven diamond": "a -> b\nb -> c\nc -> d\na -> d",
		"conditions":     "a -> b: true\na -> c: false\na -> d: equals {\"a\":1}\nb -> e\nc -> e",
		"two edges":      "a -> b: if x\na -> b: if y",
		"cycle":          "a -> b\nb -> c\nc -> b: again",
		"itself":         "a -> a",
		"apart":          "a -> b\nc -> d",
		"crossing":       "s -> a\ns -> b\ns -> c\na -> z\nb -> y\nc -> x",
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := graph.SVG(parse(text)) + "\n"
			golden := filepath.Join("testdata", strings.ReplaceAll(name, " ", "_")+".svg")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("drawing (-want +got):\n%s", diff)
			}
			wellFormed(t, got)
		})
	}
}

func wellFormed(t *testing.T, svg string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("not XML: %v\n%s", err, svg)
		}
	}
}

func TestNothingToDraw(t *testing.T) {
	t.Parallel()
	if got := graph.SVG(nil, nil); got != "" {
		t.Errorf("a graph without nodes is drawn: %s", got)
	}
	if got := graph.SVG(make([]graph.Node, graph.MaxNodes+1), nil); got != "" {
		t.Error("a graph with too many nodes is drawn")
	}
	if got := graph.SVG([]graph.Node{{ID: "a"}}, make([]graph.Edge, graph.MaxEdges+1)); got != "" {
		t.Error("a graph with too many edges is drawn")
	}
}

func TestDanglingEdge(t *testing.T) {
	t.Parallel()
	svg := graph.SVG([]graph.Node{{ID: "a"}}, []graph.Edge{{From: "a", To: "nowhere"}, {From: "nobody", To: "a"}})
	if strings.Contains(svg, `class="edge`) {
		t.Errorf("an edge without an end is drawn:\n%s", svg)
	}
	wellFormed(t, svg)
}

func TestTextsAreEscaped(t *testing.T) {
	t.Parallel()
	const evil = `"><script>alert(1)</script>&'`
	svg := graph.SVG(
		[]graph.Node{{ID: evil, Title: evil, Detail: evil, Class: evil}, {ID: "b", Title: "\x00\xff"}},
		[]graph.Edge{{From: evil, To: "b", Label: evil, Class: evil}},
	)
	if strings.Contains(svg, "<script") {
		t.Errorf("markup in a text reaches the page:\n%s", svg)
	}
	wellFormed(t, svg)
}

var rect = regexp.MustCompile(`<rect x="([^"]+)" y="([^"]+)"`)

// TestBoxesDoNotOverlap draws random graphs, cyclic ones among them, and looks at where the boxes are.
func TestBoxesDoNotOverlap(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // a repeatable test
	for range 200 {
		count := 1 + random.IntN(30)
		var nodes []graph.Node
		var edges []graph.Edge
		for i := range count {
			nodes = append(nodes, graph.Node{ID: strconv.Itoa(i)})
		}
		for range random.IntN(2 * count) {
			edges = append(edges, graph.Edge{From: strconv.Itoa(random.IntN(count)), To: strconv.Itoa(random.IntN(count))})
		}
		svg := graph.SVG(nodes, edges)
		found := rect.FindAllStringSubmatch(svg, -1)
		if len(found) != count {
			t.Fatalf("%d boxes for %d nodes", len(found), count)
		}
		at := make([][2]float64, count)
		for i, m := range found {
			at[i][0], _ = strconv.ParseFloat(m[1], 64)
			at[i][1], _ = strconv.ParseFloat(m[2], 64)
			if at[i][0] < 0 || at[i][1] < 0 {
				t.Fatalf("a box is outside of the drawing: %v\n%v", at[i], edges)
			}
			for _, other := range at[:i] {
				if other[1] == at[i][1] && max(other[0]-at[i][0], at[i][0]-other[0]) < 232 {
					t.Fatalf("boxes overlap: %v and %v\n%v", other, at[i], edges)
				}
			}
		}
		if again := graph.SVG(nodes, edges); again != svg {
			t.Fatal("the same graph is drawn in two ways")
		}
	}
}

func ExampleSVG() {
	svg := graph.SVG(
		[]graph.Node{{ID: "$source", Title: "Start"}, {ID: "1", Title: "Review", Detail: "grammar_review"}},
		[]graph.Edge{{From: "$source", To: "1"}},
	)
	head, _, _ := strings.Cut(svg, "\n")
	fmt.Println(head)
	// Output: <svg class="graph" xmlns="http://www.w3.org/2000/svg" width="256" height="194" viewBox="0 0 256 194" role="img" aria-label="Graph. $source: Start; 1: Review: grammar_review">
}
