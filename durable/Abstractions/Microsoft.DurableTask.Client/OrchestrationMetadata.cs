using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;

namespace Microsoft.DurableTask.Client;

/// <summary>What a client sees of an instance at one moment.</summary>
/// <param name="name">The name of the orchestrator.</param>
/// <param name="instanceId">The id of the instance.</param>
public sealed class OrchestrationMetadata(string name, string instanceId)
{
    private const int PayloadPreview = 50;

    /// <summary>The name of the orchestrator.</summary>
    public string Name { get; } = name;

    /// <summary>The id of the instance.</summary>
    public string InstanceId { get; } = instanceId;

    /// <summary>Reads the payloads; <c>null</c> when they were not asked for.</summary>
    public DataConverter? DataConverter { get; init; }

    /// <summary>Where the instance stands.</summary>
    public OrchestrationRuntimeStatus RuntimeStatus { get; init; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>Its input as text.</summary>
    public string? SerializedInput { get; init; }

    /// <summary>Its result as text. After terminate, suspend or resume this is the reason: read it of a completed instance only.</summary>
    public string? SerializedOutput { get; init; }

    /// <summary>Its custom status as text.</summary>
    public string? SerializedCustomStatus { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>How it failed; <c>null</c> when it did not or when payloads were not asked for.</summary>
    public TaskFailureDetails? FailureDetails { get; init; }

    /// <summary>Whether it is <see cref="OrchestrationRuntimeStatus.Running"/>.</summary>
    public bool IsRunning => RuntimeStatus is OrchestrationRuntimeStatus.Running;

    /// <summary>Whether it has ended: completed, failed or terminated.</summary>
    public bool IsCompleted =>
        RuntimeStatus is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    /// <summary>Reads the input.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <returns>The input, or the default when there is none.</returns>
    /// <exception cref="InvalidOperationException">Payloads were not asked for.</exception>
    public T? ReadInputAs<T>() => Read<T>(SerializedInput);

    /// <summary>Reads the result.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <returns>The result, or the default when there is none.</returns>
    /// <exception cref="InvalidOperationException">Payloads were not asked for.</exception>
    public T? ReadOutputAs<T>() => Read<T>(SerializedOutput);

    /// <summary>Reads the custom status.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <returns>The custom status, or the default when there is none.</returns>
    /// <exception cref="InvalidOperationException">Payloads were not asked for.</exception>
    public T? ReadCustomStatusAs<T>() => Read<T>(SerializedCustomStatus);

    /// <summary>The instance on one line, its payloads cut short.</summary>
    /// <returns>The line.</returns>
    public override string ToString()
    {
        var text = new StringBuilder(
            $"[Name: '{Name}', ID: '{InstanceId}', RuntimeStatus: {RuntimeStatus}, CreatedAt: {CreatedAt:s}, LastUpdatedAt: {LastUpdatedAt:s}");
        Append("Input", SerializedInput);
        Append("Output", SerializedOutput);
        Append("FailureDetails", FailureDetails is { } failure ? $"{failure.ErrorType} - {failure.ErrorMessage}" : null);
        return text.Append(']').ToString();

        void Append(string label, string? payload)
        {
            if (payload is not null)
                text.Append($", {label}: '{(payload.Length > PayloadPreview ? payload[..PayloadPreview] + "..." : payload)}'");
        }
    }

    private T? Read<T>(string? data, [CallerMemberName] string caller = "") => DataConverter is { } converter
        ? converter.Deserialize<T>(data)
        : throw new InvalidOperationException($"{caller} needs the payloads: fetch instance '{InstanceId}' with its inputs and outputs.");
}
