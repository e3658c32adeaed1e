// Writes and reads sessions as ToolHive does (go-redis with its default options, 3 s for an operation), and prints what it
// saw as one line of JSON when its time is over.
//
// HOST, PORT, PASSWORD and, with TLS, CA_FILE come from the environment.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"sort"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	patience = 3 * time.Second
	// An answer that comes later than this is of no use to ToolHive.
	late = patience + 50*time.Millisecond
	ttl  = 2 * time.Hour
)

// Result is what a run saw. Times are milliseconds.
type Result struct {
	Start      int64          `json:"start"`   // since 1970, to find what logs say of a pause
	Seconds    float64        `json:"seconds"` // how long it worked
	Operations int            `json:"operations"`
	Failed     int            `json:"failed"`
	Errors     map[string]int `json:"errors,omitempty"`
	Pause      int64          `json:"pause"` // the longest time in which no operation succeeded
	PauseAt    int64          `json:"pauseAt"`
	Longest    int64          `json:"longest"` // the longest operation
	Stall      int64          `json:"stall"`   // the longest time in which this program itself was not let run: no pause of the store's
	Written    int            `json:"written"` // acknowledged writes
	Lost       int            `json:"lost"`    // acknowledged, and gone or different at the end
	Stale      int            `json:"stale"`   // read something else than was acknowledged just before
}

type recorder struct {
	mu        sync.Mutex
	start     time.Time
	result    Result
	successes []time.Duration
	written   map[string]string
}

// operation runs one command and reports whether a client of ToolHive would have got its answer.
func (r *recorder) operation(name string, command func(context.Context) error) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	began := time.Now()
	err := command(ctx)
	took := time.Since(began)
	if err == nil && took > late {
		err = errors.New("late")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Operations++
	r.result.Longest = max(r.result.Longest, took.Milliseconds())
	if err != nil {
		r.result.Failed++
		r.result.Errors[fmt.Sprintf("%s: %.80s", name, err)]++
		return false
	}
	r.successes = append(r.successes, time.Since(r.start))
	return true
}

func (r *recorder) session(client *redis.Client, key, value string) {
	stored := r.operation("SET", func(ctx context.Context) error { return client.Set(ctx, key, value, ttl).Err() })
	if !stored {
		return
	}
	r.mu.Lock()
	r.written[key] = value
	r.mu.Unlock()
	var got string
	read := r.operation("GETEX", func(ctx context.Context) (err error) {
		got, err = client.GetEx(ctx, key, ttl).Result()
		if errors.Is(err, redis.Nil) {
			return nil
		}
		return err
	})
	if read && got != value {
		r.mu.Lock()
		r.result.Stale++
		r.mu.Unlock()
	}
}

func (r *recorder) work(ctx context.Context, client *redis.Client, worker int, prefix string, period time.Duration) {
	next := r.start
	for i := 0; ctx.Err() == nil; i++ {
		r.session(client, fmt.Sprintf("%s:%d:%d", prefix, worker, i), fmt.Sprintf("{\"worker\":%d,\"session\":%d}", worker, i))
		next = next.Add(period)
		if late := time.Since(next); late > period {
			next = next.Add(late) // no burst after a pause
		}
		time.Sleep(time.Until(next))
	}
}

func (r *recorder) longestPause(duration time.Duration) {
	sort.Slice(r.successes, func(i, j int) bool { return r.successes[i] < r.successes[j] })
	before := time.Duration(0)
	for _, success := range append(r.successes, duration) {
		if pause := (success - before).Milliseconds(); pause > r.result.Pause {
			r.result.Pause, r.result.PauseAt = pause, before.Milliseconds()
		}
		before = success
	}
}

// readBack reads every acknowledged key; the store may need time to be back.
func (r *recorder) readBack(client *redis.Client) error {
	deadline := time.Now().Add(2 * time.Minute)
	for key, value := range r.written {
		for {
			got, err := client.Get(context.Background(), key).Result()
			if err == nil || errors.Is(err, redis.Nil) {
				if got != value {
					r.result.Lost++
				}
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("cannot read back: %w", err)
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	return nil
}

// watchItself notes how late a short sleep ends.
func (r *recorder) watchItself(ctx context.Context) {
	const nap = 10 * time.Millisecond
	for ctx.Err() == nil {
		began := time.Now()
		time.Sleep(nap)
		late := (time.Since(began) - nap).Milliseconds()
		r.mu.Lock()
		r.result.Stall = max(r.result.Stall, late)
		r.mu.Unlock()
	}
}

func awaitFile(ctx context.Context, found func(), file string) {
	for ctx.Err() == nil && file != "" {
		if _, err := os.Stat(file); err == nil {
			found()
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func options() (*redis.Options, error) {
	options := &redis.Options{Addr: os.Getenv("HOST") + ":" + os.Getenv("PORT"), Password: os.Getenv("PASSWORD")}
	if file := os.Getenv("CA_FILE"); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pem)
		options.TLSConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return options, nil
}

func run() error {
	rate := flag.Int("rate", 200, "operations per second")
	workers := flag.Int("workers", 8, "clients at the same time")
	duration := flag.Duration("duration", 30*time.Second, "how long at most")
	until := flag.String("until", "", "the file whose appearance ends it earlier")
	flag.Parse()
	redis.SetLogger(silent{})
	options, err := options()
	if err != nil {
		return err
	}
	client := redis.NewClient(options)
	if err := client.Ping(context.Background()).Err(); err != nil {
		return err
	}
	r := &recorder{start: time.Now(), written: map[string]string{}, result: Result{Errors: map[string]int{}}}
	prefix := fmt.Sprintf("thv:bench:%x", r.start.UnixNano())
	period := time.Second * time.Duration(*workers) * 2 / time.Duration(*rate)
	fmt.Fprintln(os.Stderr, "started")
	ctx, cancel := context.WithTimeout(context.Background(), *duration)
	defer cancel()
	go awaitFile(ctx, cancel, *until)
	go r.watchItself(ctx)
	var all sync.WaitGroup
	for worker := range *workers {
		all.Go(func() { r.work(ctx, client, worker, prefix, period) })
	}
	<-ctx.Done()
	took := time.Since(r.start)
	all.Wait()
	r.longestPause(took)
	r.result.Start = r.start.UnixMilli()
	r.result.Seconds = took.Seconds()
	r.result.Written = len(r.written)
	if err := r.readBack(client); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r.result)
}

type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
