using Orchestrator.Durable.Engine.Triggers;
using Orchestrator.Durable.Engine.Triggers.Queues;

namespace Orchestrator.Durable.Engine.Tests.Triggers;

public sealed class HostJsonTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"host-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Its_settings_are_read()
    {
        var host = Load("""
            {
              // comments are allowed, as the Functions host allows them
              "version": "2.0",
              "functionTimeout": "00:07:00",
              "extensions": {
                "http": { "routePrefix": "/v1/" },
                "durableTask": { "hubName": "orchestrator", "maxConcurrentActivityFunctions": 7, "MaxConcurrentOrchestratorFunctions": 5 }
              }
            }
            """);

        Assert.Equal(("v1", TimeSpan.FromMinutes(7)), (host.RoutePrefix, host.FunctionTimeout));
        Assert.Equal(
            new DurableTaskSettings { HubName = "orchestrator", MaxConcurrentActivityFunctions = 7, MaxConcurrentOrchestratorFunctions = 5 },
            host.DurableTask);
        Assert.Empty(host.Ignored);
    }

    [Fact]
    public void What_it_does_not_say_has_the_defaults_of_the_functions_host()
    {
        var host = Load("""{ "version": "2.0" }""");

        Assert.Equal(("api", TimeSpan.FromMinutes(30)), (host.RoutePrefix, host.FunctionTimeout));
        Assert.Equal(10 * Environment.ProcessorCount, host.DurableTask.MaxConcurrentActivityFunctions);
    }

    [Theory]
    [InlineData("", "", VersionMatch.Any, false)]
    [InlineData("\"defaultVersion\": \"1.2\"", "1.2", VersionMatch.SameOrOlder, false)]
    [InlineData("\"versionMatchStrategy\": \"Strict\"", "", VersionMatch.Any, false)]
    [InlineData("\"defaultVersion\": \"2\", \"versionMatchStrategy\": \"none\"", "2", VersionMatch.Any, false)]
    [InlineData(
        "\"defaultVersion\": \"2\", \"versionMatchStrategy\": \"strict\", \"versionFailureStrategy\": \"Fail\"", "2", VersionMatch.Same, true)]
    public void The_version_of_the_app_reaches_the_engine(string settings, string version, VersionMatch match, bool fail)
    {
        var host = Load($$$"""{ "version": "2.0", "extensions": { "durableTask": { {{{settings}}} } } }""");
        var engine = new DurableEngineOptions();

        host.DurableTask.ApplyTo(engine);

        Assert.Equal((version, version, match, fail), (engine.DefaultVersion, engine.Version, engine.VersionMatch, engine.FailOnVersionMismatch));
        Assert.Empty(host.Ignored);
    }

    [Fact]
    public void Limits_queues_and_sessions_are_read()
    {
        var host = Load("""
            {
              "version": "2.0",
              "extensions": {
                "http": { "maxOutstandingRequests": 20, "maxConcurrentRequests": -1 },
                "queues": {
                  "maxPollingInterval": "00:00:02", "visibilityTimeout": "00:00:30", "batchSize": 8, "newBatchThreshold": 0, "maxDequeueCount": 3,
                  "messageEncoding": "none"
                },
                "durableTask": { "extendedSessionsEnabled": true, "extendedSessionIdleTimeoutInSeconds": 60 }
              }
            }
            """);
        var engine = new DurableEngineOptions();
        host.DurableTask.ApplyTo(engine);

        Assert.Equal((20, -1), (host.MaxOutstandingRequests, host.MaxConcurrentRequests));
        Assert.Equal(
            new QueueSettings
            {
                MaxPollingInterval = TimeSpan.FromSeconds(2),
                VisibilityTimeout = TimeSpan.FromSeconds(30),
                BatchSize = 8,
                NewBatchThreshold = 0,
                MaxDequeueCount = 3,
                IsBase64 = false,
            },
            host.Queues);
        Assert.Equal((true, TimeSpan.FromMinutes(1)), (engine.ExtendedSessions, engine.ExtendedSessionIdleTimeout));
        Assert.Empty(host.Ignored);
    }

    [Fact]
    public void A_timeout_of_minus_one_is_none() =>
        Assert.Equal(Timeout.InfiniteTimeSpan, Load("""{ "version": "2.0", "functionTimeout": "-1" }""").FunctionTimeout);

    [Fact]
    public void Settings_of_a_storage_provider_are_accepted_and_named()
    {
        var host = Load("""
            { "version": "2.0", "extensions": { "durableTask": { "storageProvider": { "type": "mssql", "connectionStringName": "Sql" } } } }
            """);

        Assert.Equal(
            ["extensions.durableTask.storageProvider.connectionStringName", "extensions.durableTask.storageProvider.type"], host.Ignored);
    }

    [Theory]
    [InlineData("""{ }""", "version is missing")]
    [InlineData("""{ "version": "1.0" }""", "version is '1.0'")]
    [InlineData("""{ "version": "2.0", "functionTimeout": "soon" }""", "functionTimeout is 'soon'")]
    [InlineData("""{ "version": "2.0", "extensions": { "queues": { "batchSize": 33 } } }""", "a whole number from 1 to 32")]
    [InlineData("""{ "version": "2.0", "extensions": { "queues": { "messageEncoding": "rot13" } } }""", "it must be base64 or none")]
    [InlineData("""{ "version": "2.0", "extensions": { "queues": { "maxPollingInterval": "0" } } }""", "a time of at least 00:00:00.1000000")]
    [InlineData("""{ "version": "2.0", "extensions": { "durableTask": { "extendedSessionsEnabled": "maybe" } } }""", "true or false")]
    [InlineData(
        """{ "version": "2.0", "extensions": { "durableTask": { "maxConcurrentActivityFunctions": 0 } } }""",
        "extensions.durableTask.maxConcurrentActivityFunctions is '0'; it must be a whole number of at least 1")]
    [InlineData(
        """{ "version": "2.0", "extensions": { "durableTask": { "versionMatchStrategy": "Newer" } } }""",
        "extensions.durableTask.versionMatchStrategy is 'Newer'; it must be None or Strict or CurrentOrOlder")]
    [InlineData(
        """{ "version": "2.0", "extensions": { "durableTask": { "versionFailureStrategy": "Ignore" } } }""",
        "extensions.durableTask.versionFailureStrategy is 'Ignore'; it must be Reject or Fail")]
    [InlineData("""{ "version": """, "cannot be read as JSON")]
    public void A_setting_out_of_its_range_is_named(string json, string message)
    {
        var failure = Assert.Throws<InvalidDataException>(() => Load(json));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.Contains(_path, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named() => Assert.Contains(_path, Assert.Throws<FileNotFoundException>(() => HostJson.Load(_path)).Message);

    private HostJson Load(string json)
    {
        File.WriteAllText(_path, json);
        return HostJson.Load(_path);
    }
}
