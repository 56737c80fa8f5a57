using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Orchestrator.Domain.Requests;

/// <summary>A request that was read: its value, or every problem it has.</summary>
public sealed record Parsed<T>(T? Value, IReadOnlyList<Problem> Problems)
    where T : class
{
    /// <summary>Whether there is a value, and so no problem.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsValid => Problems.Count == 0;
}

/// <summary>Reads requests.</summary>
public static class Parsed
{
    /// <summary>Reads one JSON object with <paramref name="read"/>, which may go on after a problem: all of them are collected.</summary>
    /// <param name="json">The object.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="check">What is wrong with the whole, once every part of it is sound.</param>
    public static Parsed<T> From<T>(JsonElement json, Func<ObjectReader, T> read, Func<T, IReadOnlyList<Problem>>? check = null)
        where T : class
    {
        List<Problem> problems = [];
        var value = ObjectReader.Read(json, "", problems, read);
        if (problems.Count == 0 && check is not null)
        {
            problems.AddRange(check(value!));
        }

        return problems.Count == 0 ? new(value, []) : new(null, problems);
    }
}
