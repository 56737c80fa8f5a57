using System.Diagnostics;
using System.Globalization;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Tests.Faults;

/// <summary>A process on a store, to be killed from without, or by itself. It does what its role says, then waits for the end of its input.</summary>
internal static class Victim
{
    public const string Ready = "ready";

    private static readonly Dictionary<string, Func<Ledger, VictimRole>> Roles = new()
    {
        ["work"] = ledger => new WorkRole(ledger),
        ["poison"] = _ => new PoisonRole(),
        ["purge"] = _ => new PurgeRole(),
        ["rewind"] = ledger => new RewindRole(ledger),
        ["chaos"] = ledger => new ChaosRole(ledger),
        ["drain"] = ledger => new DrainRole(ledger),
    };

    /// <summary>Starts this program in a process of its own.</summary>
    /// <param name="role">What it does.</param>
    /// <param name="store">The store.</param>
    /// <param name="ledger">The file that its activities note their effects in.</param>
    /// <param name="instances">How many orchestrations it runs.</param>
    /// <param name="crashAt">Where it kills itself; see <see cref="CrashPoint"/>.</param>
    public static Process Start(string role, string store, string ledger = "", int instances = 0, string? crashAt = null)
    {
        // Under the test runner the current process is the dotnet host itself.
        var dotnet = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        string[] arguments = ["exec", typeof(Victim).Assembly.Location, role, store, ledger, instances.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo(dotnet, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment[CrashPoint.Variable] = crashAt;
        return Process.Start(start)!;
    }

    /// <summary>Runs a role to its end, undisturbed.</summary>
    public static async Task RunToEndAsync(string role, string store, string ledger = "", int instances = 0, TimeSpan? deadline = null)
    {
        using var process = Start(role, store, ledger, instances);
        process.StandardInput.Close();
        await Expect.Within(process.WaitForExitAsync(), $"the end of '{role}'", deadline);
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Runs a role until it dies at a crash point.</summary>
    public static async Task DieAsync(string crashAt, string role, string store, string ledger = "", int instances = 0)
    {
        const int Killed = 128 + 9;
        using var process = Start(role, store, ledger, instances, crashAt);
        process.StandardInput.Close();
        await Expect.Within(process.WaitForExitAsync(), $"the death of '{role}' at {crashAt}");
        Assert.Equal(Killed, process.ExitCode);
    }

    /// <param name="args">As <see cref="Start"/> gives them.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        var role = Roles[args[0]](new(args[2]));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(role.Tasks());
        builder.Services.AddDurableEngine(options => options.StorePath = args[1]);
        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine(Ready);
        await role.RunAsync(host.Services.GetRequiredService<DurableTaskClient>(), int.Parse(args[3], CultureInfo.InvariantCulture));
        await role.EndAsync(host);
        return 0;
    }
}
