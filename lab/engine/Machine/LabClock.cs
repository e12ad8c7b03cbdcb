namespace Firebreak.Lab.Machines;

/// <summary>
/// Lab time, shared by all machines of a lab: real time plus an offset that <see cref="AdvanceBy"/> moves on. Everything that
/// takes time on a machine (installers, boots, tasks, lock-outs) waits on this clock, so advancing it makes all of it fall due.
/// </summary>
public sealed class LabClock : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<Entry, (DateTimeOffset Due, long Order)> _queue = new();
    private readonly Timer? _timer;
    private readonly DateTimeOffset? _frozenBase;
    private TimeSpan _offset;
    private long _order;

    /// <summary>A clock that runs with real time.</summary>
    public LabClock()
    {
        _timer = new Timer(_ => RunDue(), null, Timeout.Infinite, Timeout.Infinite);
    }

    private LabClock(DateTimeOffset frozenBase)
    {
        _frozenBase = frozenBase;
    }

    /// <summary>The lab's time now (UTC).</summary>
    public DateTimeOffset UtcNow
    {
        get
        {
            lock (_gate)
            {
                return NowLocked();
            }
        }
    }

    /// <summary>A clock that stands still until <see cref="AdvanceBy"/> is called (for tests).</summary>
    public static LabClock Frozen(DateTimeOffset start) => new(start);

    /// <summary>
    /// Moves lab time on by <paramref name="span"/> at once. What falls due meanwhile runs on this thread in the order of its
    /// due time, seeing that time as now; this call returns when all of it has run.
    /// </summary>
    public void AdvanceBy(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        DateTimeOffset target;
        lock (_gate)
        {
            target = NowLocked() + span;
        }

        while (true)
        {
            Entry? next = null;
            lock (_gate)
            {
                if (_queue.TryPeek(out Entry? entry, out (DateTimeOffset Due, long Order) key) && key.Due <= target)
                {
                    _queue.Dequeue();
                    next = entry;
                    if (NowLocked() < key.Due)
                    {
                        _offset += key.Due - NowLocked();
                    }
                }
                else
                {
                    if (NowLocked() < target)
                    {
                        _offset += target - NowLocked();
                    }

                    ArmLocked();
                    return;
                }
            }

            next.Run();
        }
    }

    /// <summary>Runs <paramref name="action"/> once at <paramref name="due"/> lab time, on a thread of the pool or of <see cref="AdvanceBy"/>. Dispose to call it off.</summary>
    public IDisposable Schedule(DateTimeOffset due, Action action)
    {
        Entry entry = new(action);
        lock (_gate)
        {
            _queue.Enqueue(entry, (due, _order++));
            ArmLocked();
        }

        return entry;
    }

    /// <summary>Runs <paramref name="action"/> after <paramref name="delay"/> of lab time.</summary>
    public IDisposable ScheduleAfter(TimeSpan delay, Action action) => Schedule(UtcNow + delay, action);

    /// <summary>Completes after <paramref name="delay"/> of lab time.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public async Task Delay(TimeSpan delay, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (delay == Timeout.InfiniteTimeSpan)
        {
            await Task.Delay(delay, cancellation).ConfigureAwait(false);
            return;
        }

        if (delay <= TimeSpan.Zero)
        {
            return;
        }

        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable entry = ScheduleAfter(delay, () => done.TrySetResult());
        using CancellationTokenRegistration registration = cancellation.Register(() => done.TrySetCanceled(cancellation));
        await done.Task.ConfigureAwait(false);
    }

    /// <summary>Blocks the thread for <paramref name="delay"/> of lab time; <see cref="Timeout.InfiniteTimeSpan"/> = until cancelled.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public void Sleep(TimeSpan delay, CancellationToken cancellation) => Delay(delay, cancellation).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _queue.Clear();
        }

        _timer?.Dispose();
    }

    private DateTimeOffset NowLocked() => (_frozenBase ?? DateTimeOffset.UtcNow) + _offset;

    private void ArmLocked()
    {
        if (_timer is not null && _queue.TryPeek(out _, out (DateTimeOffset Due, long Order) key))
        {
            double wait = Math.Clamp((key.Due - NowLocked()).TotalMilliseconds, 0, 3_600_000);
            _timer.Change((long)Math.Ceiling(wait), Timeout.Infinite);
        }
    }

    private void RunDue()
    {
        while (true)
        {
            Entry? next = null;
            lock (_gate)
            {
                if (!_queue.TryPeek(out Entry? entry, out (DateTimeOffset Due, long Order) key) || key.Due > NowLocked())
                {
                    ArmLocked();
                    return;
                }

                _queue.Dequeue();
                next = entry;
            }

            // A due action may take long (a machine's boot): each has a thread of its own, the order of due times is kept by starting them in turn.
            ThreadPool.QueueUserWorkItem(static e => e.Run(), next, preferLocal: false);
        }
    }

    private sealed class Entry(Action action) : IDisposable
    {
        private Action? _action = action;

        public void Run() => Interlocked.Exchange(ref _action, null)?.Invoke();

        public void Dispose() => Interlocked.Exchange(ref _action, null);
    }
}
