using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask.Testing.Sidecar;

/// <summary>
/// Stands for the orchestration service of the genuine test host, which speaks the internal protocol of DurableTask.Core. The engine here does not:
/// use the <see cref="Client.DurableTaskClient"/>.
/// </summary>
/// <param name="loggerFactory">Ignored.</param>
#pragma warning disable CS9113 // the genuine constructor has it
public class InMemoryOrchestrationService(ILoggerFactory? loggerFactory = default);
#pragma warning restore CS9113
