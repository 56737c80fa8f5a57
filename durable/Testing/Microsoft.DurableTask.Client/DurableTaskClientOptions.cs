using Microsoft.DurableTask.Converters;

namespace Microsoft.DurableTask.Client;

/// <summary>What a client does its own way.</summary>
public class DurableTaskClientOptions
{
    /// <summary>The version of instances that are started without one; default none.</summary>
    public string DefaultVersion { get; set; } = string.Empty;

    /// <summary>
    /// Turns inputs, outputs and events into text and back. Default: the <see cref="DurableTask.DataConverter"/> among the services, else
    /// <see cref="JsonDataConverter.Default"/>; <c>null</c> brings the default back.
    /// </summary>
    public DataConverter DataConverter
    {
        get => Converter ?? JsonDataConverter.Default;
        set => Converter = value;
    }

    /// <summary>Whether the client knows entities. The embedded host has none; ignored.</summary>
    public bool EnableEntitySupport { get; set; }

    internal DataConverter? Converter { get; set; }

    internal void CopyTo(DurableTaskClientOptions other)
    {
        other.Converter ??= Converter;
        other.EnableEntitySupport |= EnableEntitySupport;
        if (!string.IsNullOrWhiteSpace(DefaultVersion))
            other.DefaultVersion = DefaultVersion;
    }
}
