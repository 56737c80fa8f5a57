using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Orchestrator.Durable.Engine.Dispatch;

/// <summary>
/// Remembers which instances are in a turn, in a file mapped into memory: it costs a turn two writes to memory and no I/O, and outlives a process
/// that dies in one. So the next process knows what the last one may have died of.
/// </summary>
internal sealed class TurnJournal : IDisposable
{
    private readonly MemoryMappedFile? file;
    private readonly MemoryMappedViewAccessor? view;

    private TurnJournal(MemoryMappedFile? file)
    {
        this.file = file;
        view = file?.CreateViewAccessor();
    }

    /// <summary>The keys of the instances whose turn the last process did not end.</summary>
    public IReadOnlyList<long> Interrupted { get; private init; } = [];

    /// <summary>Opens the journal beside a store and clears it; the owner of the store alone may.</summary>
    /// <param name="path">The file; null for a store whose process nothing outlives.</param>
    /// <param name="places">How many turns run at the same time.</param>
    public static TurnJournal Open(string? path, int places)
    {
        if (path is null)
            return new(null);
        var interrupted = Read(path);
        File.WriteAllBytes(path, new byte[places * sizeof(long)]);
        return new(MemoryMappedFile.CreateFromFile(path, FileMode.Open)) { Interrupted = interrupted };
    }

    /// <summary>Notes that the worker at this place begins a turn of the instance.</summary>
    public void Enter(int place, long instance) => view?.Write(place * sizeof(long), instance);

    /// <summary>Notes that its turn has ended, however it did.</summary>
    public void Leave(int place) => view?.Write(place * sizeof(long), 0L);

    public void Dispose()
    {
        view?.Dispose();
        file?.Dispose();
    }

    private static List<long> Read(string path)
    {
        if (!File.Exists(path))
            return [];
        // What is left of a place that was written by half is cut off.
        HashSet<long> keys = [.. MemoryMarshal.Cast<byte, long>(File.ReadAllBytes(path))];
        return [.. keys.Where(key => key != 0)];
    }
}
