using Microsoft.DurableTask;

namespace Orchestrator.Durable.Abstractions.Tests;

public sealed class TaskNameTests
{
    [Fact]
    public void A_name_and_its_text_convert_into_each_other()
    {
        TaskName name = "ShiftTraffic";
        string text = name;

        Assert.Equal("ShiftTraffic", text);
        Assert.Equal("ShiftTraffic", name.ToString());
    }

    [Fact]
    public void Names_that_differ_in_case_only_are_the_same_key()
    {
        TaskName one = "ShiftTraffic", other = "SHIFTTRAFFIC";

        Assert.True(one == other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.True(one != (TaskName)"ShiftTraffic2");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void No_text_is_the_default_name(string? text)
    {
        TaskName name = text!;

        Assert.Equal(default, name);
        Assert.Equal(default(TaskName).GetHashCode(), name.GetHashCode());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void No_version_is_unversioned(string? text)
    {
        TaskVersion version = text;

        Assert.Equal(TaskVersion.Unversioned, version);
        Assert.Equal("", version.Version);
        Assert.Equal(default(TaskVersion).GetHashCode(), version.GetHashCode());
    }

    [Fact]
    public void A_version_of_spaces_is_refused() => Assert.Throws<ArgumentException>(() => new TaskVersion("  "));
}
