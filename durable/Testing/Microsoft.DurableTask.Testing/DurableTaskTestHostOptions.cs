using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask.Testing;

/// <summary>How a <see cref="DurableTaskTestHost"/> is set up.</summary>
public class DurableTaskTestHostOptions
{
    /// <summary>The port of the genuine test host; the engine here runs in the process and needs none. Ignored.</summary>
    public int? Port { get; set; }

    /// <summary>Where the host logs; null for nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Registers services that activities need, or replaces those of the host, such as the <see cref="TimeProvider"/>.</summary>
    public Action<IServiceCollection>? ConfigureServices { get; set; }
}
