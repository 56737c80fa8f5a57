using Microsoft.DurableTask;

namespace Orchestrator.Durable.Engine.Client;

/// <summary>What one client does its own way.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Converter">Turns what it sends and reads into text and back.</param>
/// <param name="DefaultVersion">The version of instances that it starts without one.</param>
internal sealed record ClientSettings(string Name, DataConverter Converter, string DefaultVersion);
